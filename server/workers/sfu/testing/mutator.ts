/** How many mutations a test tries: a million by `CONFAB_FUZZ=1000000`; by default enough to find the careless. */
export const FUZZ_ROUNDS = Number(process.env.CONFAB_FUZZ ?? 30_000)

/** The same mutations every time, of bytes and of lengths: a fault found is a fault found again. */
export function mutator(): (data: Buffer) => Buffer {
  let state = 12_345
  const random = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state % limit
  }
  return (data) => {
    const mutated = Buffer.from(data.subarray(0, random(8) === 0 ? random(data.length) + 1 : data.length))
    for (let n = random(6); n >= 0; n--) mutated[random(mutated.length)] = random(256)
    return mutated
  }
}
