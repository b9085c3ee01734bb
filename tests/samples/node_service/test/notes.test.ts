import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Notes, title } from "../src/notes.js";

describe("notes", () => {
  it("finds what was added", () => {
    const notes = new Notes();
    const { id } = notes.add("buy milk");
    assert.deepEqual(notes.find(id), { id, text: "buy milk" });
  });
  it("has a title of three words", () => {
    assert.equal(title({ id: 1, text: "one two three four" }), "one two three");
  });
});
