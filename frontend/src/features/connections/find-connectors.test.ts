import { expect, it } from "vitest";
import { findConnectors } from "./find-connectors";

const connectors = [
  { name: "sheets", title: "Google Sheets", description: "Rows of spreadsheets." },
  { name: "gmail", title: "Gmail", description: "Mail by Google." },
  { name: "smtp", title: "SMTP", description: "Sends mail." },
];
const names = (typed: string) => findConnectors(connectors, typed).map(({ name }) => name);

it("finds by the beginnings of words, those in the title first", () => {
  expect(names("")).toEqual(["sheets", "gmail", "smtp"]);
  expect(names("goog")).toEqual(["sheets", "gmail"]);
  expect(names("mail")).toEqual(["gmail", "smtp"]);
  expect(names("gm mail")).toEqual(["gmail"]);
  expect(names("trello")).toEqual([]);
});
