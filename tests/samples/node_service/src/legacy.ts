/** Older than the lint rules. */
export function isOne(value: unknown): boolean {
  return value == 1;
}
