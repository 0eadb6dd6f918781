/** `2024-01-08T12:00:00Z`: RFC 3339 in UTC without fractions, as documents 2 and 5 show times. */
export function rfc3339(time: Date | number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
