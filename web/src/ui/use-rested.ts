import { useEffect, useState } from 'react'

/** A value once it has rested for a while, so that not every letter is a question to the server. */
export function useRested<Value>(value: Value, ms = 250): Value {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return rested
}
