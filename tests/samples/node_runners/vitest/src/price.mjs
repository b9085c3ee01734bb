function price(count) {
  if (count < 0) {
    throw new RangeError("count is negative");
  }
  return count * 2;
}
export { price };
