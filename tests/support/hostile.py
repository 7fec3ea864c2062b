"""What people have tried against n8n, Langflow and their like, and against sandboxes of any kind, written anew.

Every entry gets an error and nothing else. Expressions and code in JavaScript share one table, code in the built-in
and in full Python another: what is no attack on one of them is marked with the interpreters that it is for.
"""

# ruff: noqa: E501 - each attack is a line of its own

from dataclasses import dataclass
from typing import Final

from tests.support.hostile_python import PYTHON


@dataclass(frozen=True)
class Attack:
    """`source` is the body of a function."""

    name: str
    source: str
    against: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


BOTH: Final = ("expression", "javascript")
CODE: Final = ("javascript",)

_JAVASCRIPT: Final = (
    # The way out of n8n's and many others' expressions: a constructor's constructor makes code from text.
    ("this.constructor.constructor", "return this.constructor.constructor('return process')()", BOTH),
    ("constructor.constructor of an arrow", "return (() => {}).constructor('return globalThis')()", BOTH),
    ("constructor of a literal", "return ''.constructor.constructor('return 7')()", BOTH),
    ("constructor by a computed name", "return []['cons' + 'tructor']['constr' + 'uctor']('return 7')()", BOTH),
    ("constructor through a template", "return (0)[`const${'ructor'}`][`constructor`]('return 7')()", BOTH),
    ("constructor by destructuring", "const {constructor: {constructor: F}} = {}; return F('return 7')()", BOTH),
    ("constructor by escapes", "return ({})['\\x63onstructor']['\\u0063onstructor']('return 7')()", BOTH),
    ("AsyncFunction", "return Object.getPrototypeOf(async () => {}).constructor('return 7')()", BOTH),
    ("GeneratorFunction", "return Object.getPrototypeOf(function* () {}).constructor('yield 7')().next()", BOTH),
    ("AsyncGeneratorFunction", "return Object.getPrototypeOf(async function* () {}).constructor('yield 7')()", BOTH),
    ("Function by new", "return new Function('return 7')()", BOTH),
    ("Function by call", "return Function.prototype.constructor.call(null, 'return 7')()", BOTH),
    ("Function by bind", "return (() => {}).constructor.bind(null, 'return 7')()()", BOTH),
    ("Function by apply", "return (() => {}).constructor.apply(null, ['return 7'])()", BOTH),
    ("Function by a callback", "return ['return 7'].map((() => {}).constructor)[0]()", BOTH),
    ("Function by replace", "return 'return 7'.replace(/.*/, (() => {}).constructor)()", BOTH),
    ("Function as a tag", "return (() => {}).constructor`return 7`()", BOTH),
    ("Function by sort", "return ['a', 'b'].sort((() => {}).constructor)", BOTH),
    ("Function with a broken argument", "return (() => {}).constructor('a = 1}), process, (function(', '')()", BOTH),
    ("eval", "return eval('7')", BOTH),
    ("indirect eval", "return (0, eval)('7')", BOTH),
    ("eval of globalThis", "return globalThis['ev' + 'al']('7')", BOTH),
    ("setTimeout with text", "return setTimeout('7', 0)", BOTH),
    ("import()", "return import('fs')", BOTH),
    ("import statement", "import fs from 'fs'; return fs", CODE),
    ("require", "return require('child_process').execSync('id')", BOTH),
    ("module.require", "return module.require('fs')", BOTH),
    ("process.env", "return process.env", BOTH),
    ("process.mainModule", "return process.mainModule.require('child_process')", BOTH),
    ("process.binding", "return process.binding('spawn_sync')", BOTH),
    ("process by this", "return (function () { return this.process.env })()", BOTH),
    ("globalThis.process", "return globalThis.process.env", BOTH),
    ("global", "return global.process", BOTH),
    ("Deno", "return Deno.env.toObject()", BOTH),
    ("Bun", "return Bun.file('/etc/passwd')", BOTH),
    ("std and os of QuickJS", "return std.loadFile('/etc/passwd') || os.exec(['id'])", BOTH),
    ("print and scriptArgs", "return print(scriptArgs)", BOTH),
    ("fetch", "return fetch('http://169.254.169.254/latest/meta-data/')", BOTH),
    ("XMLHttpRequest", "return new XMLHttpRequest()", BOTH),
    ("WebSocket", "return new WebSocket('ws://127.0.0.1')", BOTH),
    ("Buffer", "return Buffer.allocUnsafe(1e6).toString()", BOTH),
    ("WebAssembly", "return new WebAssembly.Memory({initial: 1})", BOTH),
    ("SharedArrayBuffer", "return new SharedArrayBuffer(1e9)", BOTH),
    ("ArrayBuffer", "return new ArrayBuffer(2 ** 40)", BOTH),
    ("Proxy", "return new Proxy({}, {get: () => 7}).x", BOTH),
    ("Reflect.construct", "return Reflect.construct((() => {}).constructor, ['return 7'])()", BOTH),
    ("Reflect.ownKeys", "return Reflect.ownKeys(globalThis)", BOTH),
    # A proxied error object is how a sandbox of Node's was broken: the frames of the host come with it.
    (
        "Error.prepareStackTrace",
        "Error.prepareStackTrace = (e, frames) => frames; throw new Error().stack[0].getThis()",
        BOTH,
    ),
    ("prepareStackTrace of a callsite", "return new Error().stack.getThis().process", BOTH),
    ("captureStackTrace", "const o = {}; Error.captureStackTrace(o); return o.stack.x.y", BOTH),
    ("stackTraceLimit", "Error.stackTraceLimit = {valueOf() { throw 1 }}; throw new Error('x')", BOTH),
    ("error without a prototype", "throw Object.setPrototypeOf(new Error('x'), null)", BOTH),
    ("error with a name that throws", "throw Object.defineProperty(new Error(), 'name', {get() { throw 1 }})", BOTH),
    ("thrown thing without text", "throw {toString() { throw {toString() { throw 2 }} }}", BOTH),
    ("thrown null", "throw null", BOTH),
    ("thrown symbol", "throw Symbol('x')", BOTH),
    ("thrown getter of message", "throw {get message() { for (;;) {} }, get name() { throw 1 }}", BOTH),
    (
        "RangeError by recursion and back",
        "const f = () => { try { f() } catch (e) { e.constructor.constructor('return 7')() } }; f(); throw 1",
        BOTH,
    ),
    ("with", "with ({}) { return process }", BOTH),
    ("arguments.callee", "return (function () { return arguments.callee.caller })()", BOTH),
    ("caller", "function f() { return f.caller } return f()", BOTH),
    ("octal and sloppy this", "return (function () { return this.x })()", BOTH),
    ("new.target", "return new.target.constructor('return 7')()", BOTH),
    # Prototype pollution.
    ("Object.prototype", "Object.prototype.polluted = 1; return {}.polluted", BOTH),
    ("__proto__", "({}).__proto__.polluted = 1; return {}.polluted", BOTH),
    ("__proto__ by a computed name", "({})['__pro' + 'to__'].polluted = 1", BOTH),
    ("constructor.prototype", "({}).constructor.prototype.polluted = 1", BOTH),
    ("Array.prototype.map", "Array.prototype.map = () => 7", BOTH),
    ("Array.prototype index", "Array.prototype[0] = 7", BOTH),
    ("String.prototype", "String.prototype.trim = () => 7", BOTH),
    ("defineProperty on a prototype", "Object.defineProperty(Object.prototype, 'x', {get: () => 7})", BOTH),
    ("setPrototypeOf a prototype", "Object.setPrototypeOf(Array.prototype, {x: 7})", BOTH),
    ("JSON.stringify replaced", "JSON.stringify = () => '{}'", BOTH),
    ("JSON.parse replaced", "JSON.parse = () => 7", BOTH),
    ("Symbol.iterator replaced", "Array.prototype[Symbol.iterator] = function* () { yield 7 }", BOTH),
    ("a new global", "globalThis.kept = 1", BOTH),
    ("an undeclared global", "kept = 1", BOTH),
    ("console replaced", "console.log = null", CODE),
    ("something kept on console", "console.kept = 1", CODE),
    # Symbols and conversions that run code where the host does not expect any.
    ("Symbol.toPrimitive", "return +{[Symbol.toPrimitive]() { for (;;) {} }}", BOTH),
    ("valueOf loop", "return 1 + {valueOf() { for (;;) {} }}", BOTH),
    ("toString loop", "return `${{toString() { for (;;) {} }}}`", BOTH),
    ("toJSON loop", "return {toJSON() { for (;;) {} }}", BOTH),
    ("toJSON bomb", "return {toJSON() { let a = ['x'.repeat(1000)]; for (;;) a = [...a, ...a]; }}", BOTH),
    ("toJSON that nests for ever", "const f = () => ({toJSON: () => ({a: f()})}); return f()", BOTH),
    ("getter trap in the result", "return {get a() { throw new Error('no') }}", BOTH),
    ("getter loop in the result", "return {get a() { for (;;) {} }}", BOTH),
    (
        "Symbol.species",
        "class A extends Array { static get [Symbol.species]() { for (;;) {} } } return new A(1, 2).map(x => x)",
        BOTH,
    ),
    ("Symbol.hasInstance", "return ({}) instanceof {[Symbol.hasInstance]() { for (;;) {} }}", BOTH),
    ("iterator without an end", "return [...{*[Symbol.iterator]() { for (;;) yield 1 }}]", BOTH),
    (
        "destructuring without an end",
        "const [...a] = {[Symbol.iterator]: () => ({next: () => ({value: 1})})}; return a",
        BOTH,
    ),
    # Time.
    ("endless for", "for (;;) {}", BOTH),
    ("endless loop that catches", "for (;;) { try { for (;;) {} } catch { continue } }", BOTH),
    ("endless loop with finally", "try { for (;;) {} } finally { for (;;) {} }", BOTH),
    ("endless recursion by getter", "const o = {get a() { return this.a }}; return o.a", BOTH),
    ("catastrophic regex (a+)+$", "return /^(a+)+$/.test('a'.repeat(60) + '!')", BOTH),
    ("catastrophic regex (a|aa)+", "return /^(a|aa)+$/.test('a'.repeat(60) + '!')", BOTH),
    ("catastrophic regex with a backreference", "return /^(.*)*\\1x$/.test('a'.repeat(50))", BOTH),
    ("catastrophic regex by replace", "return 'x'.repeat(50000).replace(/(x+x+)+y/, '')", BOTH),
    ("BigInt power", "return (2n ** 2n ** 24n).toString()", BOTH),
    ("BigInt as a result", "return 5n", BOTH),
    ("BigInt of a text", "return BigInt('9'.repeat(300000)).toString() + BigInt('9') * 1.5", BOTH),
    # Loops inside of the engine that its own limit does not interrupt.
    ("join of holes", "return Array(4e9).join('')", BOTH),
    ("holes as a text", "return [[Array(4e9)]] + ''", BOTH),
    ("flat of holes", "return [Array(4e9)].flat()", BOTH),
    ("flatMap to holes", "return [1].flatMap(() => Array(4e9))", BOTH),
    ("concat of holes", "return [].concat(Array(4e9))", BOTH),
    ("slice of holes", "return Array(4e9).slice(1)", BOTH),
    ("unshift of holes", "return Array(4e9).unshift(1)", BOTH),
    ("sort of holes", "return Array(4e9).sort()", BOTH),
    ("reverse of what says that it is long", "return Array.prototype.reverse.call({length: 4e15})", BOTH),
    (
        "a length that changes",
        "let n = 0; return Array.prototype.copyWithin.call({get length() { return n++ ? 4e15 : 1 }}, 0, 1)",
        BOTH,
    ),
    ("drop of many", "return Array(4e9).keys().drop(3e9).next().value.x.y", BOTH),
    (
        "union with what has no end",
        "return new Set([1]).union({size: 1, has: () => 1, keys: () => Array(4e9).values()}).size.x.y",
        BOTH,
    ),
    ("String.raw of holes", "return String.raw({raw: {length: 4e15}})", BOTH),
    ("a text that almost matches", "return 'x'.repeat(3e6).includes('x'.repeat(1e6) + 'y') || null.x", BOTH),
    (
        "a text that almost matches from behind",
        "return 'x'.repeat(1e6).lastIndexOf('x'.repeat(5e5) + 'y') || null.x",
        BOTH,
    ),
    ("a split that almost matches", "return 'x'.repeat(1e6).split('x'.repeat(4e5) + 'y').length.x.y", BOTH),
    (
        "a regex that says another text",
        "const r = /x/; r[Symbol.replace] = undefined; r.toString = () => 'x'.repeat(4e5) + 'y'; return 'x'.repeat(1e6).replace(r, '').x.y",
        BOTH,
    ),
    ("a sort that never agrees", "return Array.from({length: 1e6}, (_, i) => i).sort(() => { for (;;) {} })", BOTH),
    ("Date out of range", "return new Date(8.64e15 + 1).toISOString()", BOTH),
    ("Date with a bad locale", "return new Date(NaN).toISOString()", BOTH),
    ("Date.prototype replaced", "Date.prototype.toISOString = () => 7", BOTH),
    ("an async function", "return (async () => 7)()", BOTH),
    ("await at the top", "return await 7", BOTH),
    # Space.
    ("string bomb", "return 'x'.repeat(2 ** 30)", BOTH),
    ("string that doubles", "let s = 'x'; for (;;) s += s", BOTH),
    ("padStart bomb", "return ''.padStart(2 ** 30, 'abc')", BOTH),
    ("array bomb", "return new Array(2 ** 31).fill(0)", BOTH),
    ("sparse array", "const a = []; a[2 ** 32 - 2] = 1; return a", BOTH),
    ("join bomb", "return Array(1e8).join('x'.repeat(100))", BOTH),
    ("array that grows", "const a = []; for (;;) a.push('x'.repeat(100000) + a.length)", BOTH),
    ("result that shares itself", "let a = ['xxxxxxxxxx']; for (let i = 0; i < 40; i++) a = [a, a]; return {a}", BOTH),
    ("result that contains itself", "const a = {}; a.a = a; return a", BOTH),
    ("nesting by a loop", "let a = []; for (let i = 0; i < 200000; i++) a = [a]; return {a}", BOTH),
    ("nesting by JSON.parse", "return JSON.parse('['.repeat(100000))", BOTH),
    ("deep recursion", "function f() { return f() + 1 } return f()", BOTH),
    ("recursion by toString", "const o = {toString() { return `${o}` }}; return `${o}`", BOTH),
    ("a Map of many", "const m = new Map(); for (let i = 0; ; i++) m.set(i, 'x'.repeat(10000) + i)", BOTH),
    ("an object of many", "const o = {}; for (let i = 0; ; i++) o['k' + i] = 'x'.repeat(10000) + i", BOTH),
    ("a result that is a function", "return () => 7", BOTH),
    ("a result that is a symbol", "return Symbol.iterator", BOTH),
    ("a result that is not a number", "return NaN", BOTH),
    ("a result that is infinite", "return {a: Infinity}", BOTH),
    ("a result that is a Map", "return new Map([[1, 2]])", BOTH),
    # Ways out of the function that the code is put into.
    ("closing the function", "}); globalThis.kept = 1; (function () {", CODE),
    ("closing the list", "}]; globalThis.kept = 1; [function () {", CODE),
    ("an unfinished template", "return `${", BOTH),
    ("an unfinished comment", "/* return 7", BOTH),
    ("an HTML comment", "<!-- x\nreturn process", BOTH),
    ("super and private names", "return super.constructor", BOTH),
)

ATTACKS: Final[tuple[Attack, ...]] = tuple(Attack(*entry) for entry in (*_JAVASCRIPT, *PYTHON))


def attacks(against: str) -> list[Attack]:
    return [attack for attack in ATTACKS if against in attack.against]


ADDRESSES: Final = (
    # The same metadata service and the same machine, as guards forget to read them.
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "http://{{ [169, 254, 169, 254].join('.') }}/",
    "{{ 'ht' + 'tp://169.254.' }}169.254/",
    "http://2852039166/",
    "http://0xA9FEA9FE/",
    "http://0251.0376.0251.0376/",
    "http://169.254.43518/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://user:pass@169.254.169.254/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://[fd00::1]/",
    "http://[fe80::1]/",
    "http://0.0.0.0:22/",
    "http://[::]:22/",
    "http://100.64.0.1/",
    "file:///etc/passwd",
    "gopher://169.254.169.254/_x",
    "ftp://169.254.169.254/",
    "http://",
    "http://169.254.169.254\\@example.com/",
)
"""Addresses that http.request must not call; some only become themselves when their expression is evaluated."""
