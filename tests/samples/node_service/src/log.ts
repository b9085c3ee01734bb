/** Log lines of the service: `[Module:function] what happened`. */
export function log(place: string, fields: Record<string, unknown> = {}): void {
  console.log(`[${place}]`, JSON.stringify(fields));
}
