// A small immutable DateTime after Luxon's habits, for $now, $today and DateTime.fromISO().
// Zones are tables of [from (ms), offset (minutes)] handed in by the host: QuickJS has no Intl.
(function (zones) {
  "use strict";
  const MINUTE = 60000, HOUR = 3600000, DAY = 86400000;
  const LENGTH = { millisecond: 1, second: 1000, minute: MINUTE, hour: HOUR };
  const UNITS = ["year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond"];
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
  const pad = (number, width = 2) => String(number).padStart(width, "0");

  function unitOf(name) {
    const unit = String(name).toLowerCase().replace(/s$/, "");
    if (!UNITS.includes(unit)) throw new TypeError(`there is no unit "${name}"; use ${UNITS.join(", ")}`);
    return unit;
  }

  function offsetAt(zone, ms) {
    const table = zones[zone];
    let low = 0, high = table.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (table[middle][0] <= ms) low = middle; else high = middle - 1;
    }
    return table[low][1];
  }

  // Wall-clock time to an instant: a time skipped in spring moves on by the gap, one that comes twice is the first.
  function instant(zone, wall) {
    const before = offsetAt(zone, wall - DAY), after = offsetAt(zone, wall + DAY);
    const first = wall - before * MINUTE, second = wall - after * MINUTE;
    if (before === after) return first;
    if (offsetAt(zone, first) === before) return first;
    return offsetAt(zone, second) === after ? second : first;
  }

  function fieldsOf(wall) {
    const date = new Date(wall);
    return {
      year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), hour: date.getUTCHours(),
      minute: date.getUTCMinutes(), second: date.getUTCSeconds(), millisecond: date.getUTCMilliseconds(),
    };
  }

  function wallOf({ year, month, day, hour, minute, second, millisecond }) {
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, 1);
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    date.setUTCDate(Math.min(day, last));
    return date.getTime() + hour * HOUR + minute * MINUTE + second * 1000 + millisecond;
  }

  const FORMATS = {
    yyyy: (t) => pad(t.year, 4), yy: (t) => pad(t.year % 100), y: (t) => t.year,
    MMMM: (t) => MONTHS[t.month - 1], MMM: (t) => MONTHS[t.month - 1].slice(0, 3), MM: (t) => pad(t.month), M: (t) => t.month,
    LLLL: (t) => MONTHS[t.month - 1], LLL: (t) => MONTHS[t.month - 1].slice(0, 3), LL: (t) => pad(t.month), L: (t) => t.month,
    dd: (t) => pad(t.day), d: (t) => t.day,
    EEEE: (t) => DAYS[t.weekday - 1], EEE: (t) => DAYS[t.weekday - 1].slice(0, 3), E: (t) => t.weekday,
    cccc: (t) => DAYS[t.weekday - 1], ccc: (t) => DAYS[t.weekday - 1].slice(0, 3), c: (t) => t.weekday,
    HH: (t) => pad(t.hour), H: (t) => t.hour, hh: (t) => pad(t.hour % 12 || 12), h: (t) => t.hour % 12 || 12,
    mm: (t) => pad(t.minute), m: (t) => t.minute, ss: (t) => pad(t.second), s: (t) => t.second,
    SSS: (t) => pad(t.millisecond, 3), S: (t) => t.millisecond, a: (t) => (t.hour < 12 ? "AM" : "PM"),
    ZZ: (t) => zoneText(t.offset), Z: (t) => zoneText(t.offset), ZZZ: (t) => zoneText(t.offset).replace(":", ""), z: (t) => t.zoneName,
    q: (t) => t.quarter, X: (t) => Math.floor(t.toMillis() / 1000), x: (t) => t.toMillis(),
  };
  const FORMAT = /'([^']*)'|yyyy|yy|y|MMMM|MMM|MM|M|LLLL|LLL|LL|L|dd|d|EEEE|EEE|E|cccc|ccc|c|HH|H|hh|h|mm|m|ss|s|SSS|S|a|ZZZ|ZZ|Z|z|q|X|x/g;

  function zoneText(offset) {
    const size = Math.abs(offset);
    return `${offset < 0 ? "-" : "+"}${pad(Math.floor(size / 60))}:${pad(Math.floor(size % 60))}`;
  }

  class DateTime {
    #ms; #zone; #fields;
    constructor(ms, zone) {
      if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) throw new RangeError("that is no valid date");
      if (!Object.hasOwn(zones, zone)) throw new RangeError(`there is no time zone "${zone}"; write its name in quotes, such as "Europe/Berlin"`);
      this.#ms = Math.trunc(ms);
      this.#zone = zone;
      this.#fields = fieldsOf(this.#ms + offsetAt(zone, this.#ms) * MINUTE);
      Object.freeze(this);
    }
    static fromMillis(ms, { zone = "UTC" } = {}) { return new DateTime(ms, zone); }
    static fromSeconds(seconds, options) { return DateTime.fromMillis(seconds * 1000, options); }
    static fromJSDate(date, options) { return DateTime.fromMillis(date.getTime(), options); }
    static fromISO(text, { zone = "UTC" } = {}) {
      const local = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?$/.test(String(text));
      const ms = Date.parse(local ? `${String(text).length === 10 ? `${text}T00:00` : text}Z` : text);
      if (Number.isNaN(ms)) throw new RangeError(`"${text}" is no ISO date`);
      return new DateTime(local ? instant(zone, ms) : ms, zone);
    }
    get year() { return this.#fields.year; }
    get quarter() { return Math.ceil(this.#fields.month / 3); }
    get month() { return this.#fields.month; }
    get day() { return this.#fields.day; }
    get hour() { return this.#fields.hour; }
    get minute() { return this.#fields.minute; }
    get second() { return this.#fields.second; }
    get millisecond() { return this.#fields.millisecond; }
    get weekday() { return ((Math.floor(wallOf(this.#fields) / DAY) + 3) % 7 + 7) % 7 + 1; }
    get zoneName() { return this.#zone; }
    get offset() { return offsetAt(this.#zone, this.#ms); }
    get isValid() { return true; }
    get weekNumber() {
      const thursday = this.plus({ days: 4 - this.weekday });
      return Math.floor((wallOf({ ...thursday.toObject() }) - Date.UTC(thursday.year, 0, 1)) / (7 * DAY)) + 1;
    }
    toObject() { return { ...this.#fields }; }
    toMillis() { return this.#ms; }
    toSeconds() { return this.#ms / 1000; }
    toUnixInteger() { return Math.floor(this.#ms / 1000); }
    valueOf() { return this.#ms; }
    toJSDate() { return new Date(this.#ms); }
    toISO() {
      const zone = this.offset === 0 && this.#zone === "UTC" ? "Z" : zoneText(this.offset);
      return `${this.toISODate()}T${this.toFormat("HH:mm:ss.SSS")}${zone}`;
    }
    toISODate() { return this.toFormat("yyyy-MM-dd"); }
    toISOTime() { return this.toISO().slice(11); }
    toJSON() { return this.toISO(); }
    toString() { return this.toISO(); }
    [Symbol.toPrimitive](hint) { return hint === "number" ? this.#ms : this.toISO(); }
    toFormat(format) {
      return String(format).replace(FORMAT, (token, quoted) => (quoted === undefined ? String(FORMATS[token](this)) : quoted));
    }
    format(format) { return this.toFormat(format); }
    setZone(zone) { return new DateTime(this.#ms, zone); }
    toUTC() { return this.setZone("UTC"); }
    set(values) {
      const fields = { ...this.#fields };
      for (const name of Object.keys(values)) fields[unitOf(name)] = Number(values[name]);
      return new DateTime(instant(this.#zone, wallOf(fields)), this.#zone);
    }
    plus(amounts, unit) { return this.#shift(amounts, unit, 1); }
    minus(amounts, unit) { return this.#shift(amounts, unit, -1); }
    #shift(amounts, unit, sign) {
      let exact = typeof amounts === "number" && unit === undefined ? amounts : 0;
      const given = typeof amounts === "number" ? (unit === undefined ? {} : { [unit]: amounts }) : amounts;
      const fields = { ...this.#fields };
      let months = 0, days = 0;
      for (const name of Object.keys(given)) {
        const count = Number(given[name]), of = unitOf(name);
        if (of in LENGTH) exact += count * LENGTH[of];
        else if (of === "day" || of === "week") days += count * (of === "week" ? 7 : 1);
        else months += count * { year: 12, quarter: 3, month: 1 }[of];
      }
      let ms = this.#ms;
      if (months || days) {
        fields.month += sign * months;
        ms = instant(this.#zone, wallOf(fields) + sign * days * DAY);
      }
      return new DateTime(ms + sign * exact, this.#zone);
    }
    startOf(name) {
      const unit = unitOf(name), fields = { ...this.#fields };
      if (unit === "week") return this.minus({ days: this.weekday - 1 }).startOf("day");
      if (unit === "quarter") fields.month = (this.quarter - 1) * 3 + 1;
      if (unit in LENGTH && unit !== "hour") return new DateTime(this.#ms - (((this.#ms % LENGTH[unit]) + LENGTH[unit]) % LENGTH[unit]), this.#zone);
      const smallest = { year: 0, quarter: 1, month: 1, day: 2, hour: 3 }[unit];
      if (smallest < 1) fields.month = 1;
      if (smallest < 2) fields.day = 1;
      if (smallest < 3) fields.hour = 0;
      fields.minute = fields.second = fields.millisecond = 0;
      return new DateTime(instant(this.#zone, wallOf(fields)), this.#zone);
    }
    endOf(name) { return this.startOf(name).plus({ [unitOf(name)]: 1 }).minus(1); }
    diff(other, unit = "millisecond") {
      const name = unitOf(unit), length = { ...LENGTH, day: DAY, week: 7 * DAY }[name];
      if (length === undefined) throw new TypeError(`diff counts in days, hours or less, not in ${name}s`);
      const shift = name === "day" || name === "week" ? (this.offset - offsetAt(this.#zone, Number(other))) * MINUTE : 0;
      return { [`${name}s`]: (this.#ms - Number(other) + shift) / length };
    }
    hasSame(other, unit) { return this.startOf(unit).toMillis() === new DateTime(Number(other), this.#zone).startOf(unit).toMillis(); }
    equals(other) { return other instanceof DateTime && other.toISO() === this.toISO(); }
  }
  return DateTime;
})
