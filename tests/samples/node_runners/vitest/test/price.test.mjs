import { describe, expect, it } from "vitest";
import { price } from "../src/price.mjs";

describe("price", () => {
  it("doubles the count", () => {
    expect(price(2)).toBe(4);
  });

  describe("when it is odd", () => {
    it("is wrong (for 3)", () => {
      expect(price(3)).toBe(7);
    });
  });

  it("throws from the source", () => {
    price(-1);
  });

  it.skip("is not ready", () => {
    expect(price(1)).toBe(1);
  });

  it.todo("has a discount");

  it("rejects later", async () => {
    await Promise.reject(new Error("too late"));
  });
});
