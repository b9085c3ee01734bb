const assert = require("node:assert");
const { price } = require("../src/price");

describe("price", () => {
  it("doubles the count", () => {
    assert.strictEqual(price(2), 4);
  });

  describe("when it is odd", () => {
    it("is wrong (for 3)", () => {
      assert.strictEqual(price(3), 7);
    });
  });

  it("throws from the source", () => {
    price(-1);
  });

  it.skip("is not ready", () => {
    assert.strictEqual(price(1), 1);
  });

  it("has a discount");

  it("rejects later", async () => {
    await Promise.reject(new Error("too late"));
  });
});
