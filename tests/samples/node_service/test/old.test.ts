import assert from "node:assert/strict";
import test from "node:test";
import { isOne } from "../src/legacy.js";

test("one is a number", () => {
  assert.equal(isOne("1"), false);
});
