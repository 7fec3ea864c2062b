// Makes a fresh context into the realm that expressions share: no code from text, nothing that can be changed.
// Returns what the host calls; none of it is reachable from an expression.
(function (makeDateTime) {
  "use strict";
  const UNUSED = [
    "eval", "Proxy", "Reflect", "Atomics", "SharedArrayBuffer", "ArrayBuffer", "DataView", "WeakRef", "FinalizationRegistry",
    "DisposableStack", "AsyncDisposableStack", "SuppressedError", "DOMException", "performance", "queueMicrotask", "Promise",
    "Uint8ClampedArray", "Int8Array", "Uint8Array", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
    "BigInt64Array", "BigUint64Array", "Float16Array", "Float32Array", "Float64Array",
  ];
  const { ownKeys } = Reflect, { freeze, hasOwn, getOwnPropertyDescriptor, getPrototypeOf, defineProperty } = Object;
  const parse = JSON.parse, stringify = JSON.stringify, DatePrototype = Date.prototype;
  const zones = { __proto__: null }, DateTime = makeDateTime?.(zones);

  // Prototypes that only syntax reaches.
  const hidden = [
    function () {}, function* () {}, async function () {}, async function* () {}, (function* () {})(), (async function* () {})(),
    [].values(), "".matchAll(/x/g), ""[Symbol.iterator](), new Map().values(), new Set().values(), Iterator.from({ next() {} }),
    [].values().map(String), (async () => {})(),
  ];
  for (const made of hidden) {
    const proto = getPrototypeOf(made);
    if (typeof made !== "function") continue;
    defineProperty(proto, "constructor", { value: blocked(proto), writable: false, configurable: false });
  }
  function blocked(proto) {
    const Function = function () { throw new TypeError("code can't be made from text here"); };
    Function.prototype = proto;
    return Function;
  }
  globalThis.Function = Function.prototype.constructor;
  // These two keep a function between calls, out of freeze's reach.
  delete Error.prepareStackTrace;
  delete Error.stackTraceLimit;
  delete Error.captureStackTrace;
  delete Object.prototype.__proto__;
  boundNativeLoops(Reflect.apply);
  for (const name of UNUSED) delete globalThis[name];
  if (DateTime) globalThis.DateTime = DateTime;

  // A frozen prototype would forbid `object.toString = …` on every object: let such a write define an own property.
  for (const proto of [Object.prototype, Error.prototype, TypeError.prototype, RangeError.prototype]) {
    for (const key of ownKeys(proto)) softFreeze(proto, key);
  }
  function softFreeze(proto, key) {
    const { value } = getOwnPropertyDescriptor(proto, key);
    if (value === undefined) return;
    defineProperty(proto, key, {
      get: () => value,
      set(next) { defineProperty(this, key, { value: next, writable: true, enumerable: true, configurable: true }); },
      configurable: false,
    });
  }

  // Loops inside of the engine, which no time limit interrupts: over lists of four thousand million holes, for texts
  // that match but for their last letter. What would take too long is refused, or done in code that can be stopped.
  function boundNativeLoops(apply) {
    const MOST_ENTRIES = 4e6, MOST_COMPARED = 3e8, SHORT = 64;
    const { isArray } = Array, text = String.prototype, list = Array.prototype;
    const instead = (proto, name, make) => {
      const native = proto[name];
      if (native) defineProperty(proto, name, { value: { [name]: make(native) }[name], writable: true, configurable: true });
    };
    for (const name of ["join", "toLocaleString", "copyWithin", "sort", "slice", "splice", "shift", "unshift", "reverse"]) {
      instead(list, name, (native) => ({ [name](...given) {
        if (!isArray(this)) throw new TypeError(`${name} works on lists alone`);
        if (this.length > MOST_ENTRIES) throw new RangeError(`the list is too long for ${name}`);
        return apply(native, this, given);
      } })[name]);
    }
    const spread = (into, given, depth) => {
      for (let i = 0; i < given.length; i++) {
        if (!(i in given)) continue;
        if (depth > 0 && isArray(given[i])) spread(into, given[i], depth - 1);
        else into.push(given[i]);
      }
      return into;
    };
    instead(list, "flat", () => ({ flat(depth = 1) { return spread([], this, Math.trunc(depth) || 0); } }).flat);
    instead(list, "flatMap", () => ({ flatMap(...given) { return spread([], apply(list.map, this, given), 1); } }).flatMap);
    instead(list, "concat", () => ({ concat(...given) { return spread([], [this, ...given], 1); } }).concat);
    instead(Iterator.prototype, "drop", (native) => ({ drop(count) {
      const left = Number(count);
      if (left > MOST_ENTRIES) throw new RangeError("that is too many to drop");
      return apply(native, this, [left]);
    } }).drop);
    for (const name of ["union", "intersection", "difference", "symmetricDifference", "isSubsetOf", "isSupersetOf", "isDisjointFrom"]) {
      instead(Set.prototype, name, (native) => ({ [name](other) { return apply(native, this, [new Set(other.keys())]); } })[name]);
    }
    instead(String, "raw", (native) => ({ raw(strings, ...given) {
      const parts = strings.raw;
      if (!isArray(parts) || parts.length > MOST_ENTRIES) throw new TypeError("String.raw wants a template");
      return apply(native, String, [{ raw: parts }, ...given]);
    } }).raw);

    const costly = (whole, sought) => sought.length > SHORT && whole.length * sought.length > MOST_COMPARED;
    // Knuth, Morris and Pratt's search: each letter is looked at once.
    const found = (whole, sought, from) => {
      const back = [0];
      for (let i = 1, k = 0; i < sought.length; i++) {
        while (k > 0 && sought[i] !== sought[k]) k = back[k - 1];
        back.push(sought[i] === sought[k] ? ++k : k);
      }
      for (let i = from, k = 0; i < whole.length; i++) {
        while (k > 0 && whole[i] !== sought[k]) k = back[k - 1];
        if (whole[i] === sought[k]) k++;
        if (k === sought.length) return i - k + 1;
      }
      return -1;
    };
    const searching = (name, answer) => instead(text, name, (native) => ({ [name](part, from) {
      if (name === "includes" && part instanceof RegExp) throw new TypeError("includes looks for a text, not for a regular expression");
      const whole = String(this), sought = String(part), begin = Math.max(Math.trunc(from) || 0, 0);
      return costly(whole, sought) ? answer(found(whole, sought, begin)) : apply(native, whole, [sought, begin]);
    } })[name]);
    searching("indexOf", (place) => place);
    searching("includes", (place) => place >= 0);
    const refusing = (name, symbol) => instead(text, name, (native) => ({ [name](part, ...given) {
      const whole = String(this), own = part instanceof RegExp ? part[symbol] : undefined;
      if (name === "replaceAll" && own && !part.global) throw new TypeError("replaceAll wants the flag g");
      if (typeof own === "function") return apply(own, part, [whole, ...given]);
      const sought = part === undefined ? part : String(part);
      if (sought !== undefined && costly(whole, sought)) throw new RangeError("the text is too long for that");
      return apply(native, whole, [sought, ...given]);
    } })[name]);
    refusing("lastIndexOf");
    refusing("split", Symbol.split);
    refusing("replace", Symbol.replace);
    refusing("replaceAll", Symbol.replace);
  }

  const seen = new Set();
  function freezeAll(value) {
    if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) return;
    seen.add(value);
    freeze(value);
    freezeAll(getPrototypeOf(value));
    // Built-in methods hold nothing but a name and a length; most of all objects are such.
    if (typeof value === "function" && !hasOwn(value, "prototype") && value !== Function.prototype) return;
    for (const key of ownKeys(value)) {
      const { value: held, get, set } = getOwnPropertyDescriptor(value, key);
      freezeAll(held);
      freezeAll(get);
      freezeAll(set);
    }
  }
  hidden.forEach(freezeAll);
  freezeAll(globalThis);

  // Values come in as null, booleans, numbers, or text whose first letter says what it holds.
  function decode(given) {
    if (typeof given !== "string") return given;
    const text = given.slice(1);
    switch (given[0]) {
      case "s": return text;
      case "j": return parse(text);
      case "t": { const at = text.indexOf("|"); return new DateTime(Number(text.slice(0, at)), text.slice(at + 1)); }
      case "v": return view(parse(text));
      // What another node gave stands in a box that refuses only when it is opened: a branch not taken reads nothing.
      case "b": return { v: decode(text) };
      case "x": return { get v() { throw new Unavailable(text); } };
      default: return undefined;
    }
  }

  function view(data) {
    return {
      get item() { if (data.item === null) throw new Unavailable(data.problem); return data.item; },
      first: () => data.all[0], last: () => data.all[data.all.length - 1], all: () => data.all,
    };
  }

  class NotJson extends Error {}
  class Unavailable extends Error {}
  function checked(_key, value) {
    switch (typeof value) {
      case "number": if (Number.isFinite(value)) return value; throw new NotJson(String(value));
      case "bigint": throw new NotJson("a BigInt");
      case "function": throw new NotJson("a function");
      case "symbol": throw new NotJson("a symbol");
      case "object": return plain(value);
      default: return value;
    }
  }
  function plain(value) {
    switch (value === null ? "" : Object.prototype.toString.call(value)) {
      case "[object Map]": throw new NotJson("a Map (write Object.fromEntries(map))");
      case "[object Set]": throw new NotJson("a Set (write [...set])");
      case "[object Promise]": throw new NotJson("a promise: expressions can't wait");
      default: return value;
    }
  }

  function encode(value) {
    switch (typeof value) {
      case "undefined": return "u";
      case "boolean": return value;
      case "number": if (Number.isFinite(value)) return value; throw new NotJson(String(value));
      case "string": return whole("j" + stringify(value));
      default: break;
    }
    if (value === null) return value;
    if (value instanceof Date && Number.isNaN(DatePrototype.getTime.call(value))) throw new NotJson("an invalid date");
    const text = stringify(value, checked);
    return text === undefined ? "u" : whole("j" + text);
  }

  // Long texts that were put together are kept as a tree of their parts, which the host can't read.
  const whole = (text) => text.slice(0);

  function describe(thrown) {
    try {
      if (thrown instanceof Unavailable) return "x" + thrown.message;
      if (thrown instanceof NotJson) return "n" + thrown.message;
      if (thrown instanceof Error) return "e" + thrown.name + ":" + String(thrown.message).slice(0, 500).toWellFormed();
      return "eError:" + String(thrown).slice(0, 500).toWellFormed();
    } catch {
      return "eError:something that has no text was thrown";
    }
  }

  const wrap = (compiled) => (...given) => {
    try { return encode(compiled(...given.map(decode))); } catch (thrown) { return describe(thrown); }
  };

  // A program, unlike an expression, may write lines, and where it failed is asked for.
  const MOST_LINES = 1000, LONGEST_LINE = 4000;
  let lines = [], stack = "";
  function shown(value) {
    if (typeof value === "string") return value;
    try { return (value instanceof Error ? `${value.name}: ${value.message}` : stringify(value)) ?? String(value); } catch { return String(value); }
  }
  const writing = (level) => (...values) => {
    if (lines.length < MOST_LINES) lines.push([level, values.map(shown).join(" ").slice(0, LONGEST_LINE).toWellFormed()]);
  };
  const console = { log: writing("info"), info: writing("info"), debug: writing("debug"), warn: writing("warning"), error: writing("error") };
  freezeAll(console);
  function stackOf(thrown) {
    try { return thrown instanceof Error && typeof thrown.stack === "string" ? thrown.stack.slice(0, LONGEST_LINE) : ""; } catch { return ""; }
  }
  const program = (compiled) => (...given) => {
    lines = [];
    stack = "";
    try { return encode(compiled(console, ...given.map(decode))); } catch (thrown) { stack = stackOf(thrown); return describe(thrown); }
  };
  const report = () => stringify([lines, stack]);

  const zone = (name, table) => { zones[name] = parse(table); };
  const offered = { __proto__: null, wrap, zone, program, report };
  return (wanted) => offered[wanted];
})
