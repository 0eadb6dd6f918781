import { useQuery } from '@tanstack/react-query'
import type { Profile } from '#contracts/schemas/account.ts'
import { profile } from '#contracts/users.ts'
import { callApi } from './api.ts'
import { useSignedIn } from './session.ts'

/** The account one is signed in with. */
export type Account = Profile

/** The cache's key of the account. */
export const accountKey = ['account'] as const

/** The account, read once and kept. */
export function useAccount() {
  const signedIn = useSignedIn()
  return useQuery({
    queryKey: accountKey,
    queryFn: ({ signal }) => callApi(profile, {}, { signal }),
    enabled: signedIn,
    staleTime: 5 * 60_000,
  })
}

/** The name to show: the nickname, else the username. */
export function nameOf(person: { nickname?: string | null; username: string }): string {
  return person.nickname?.trim() || person.username
}

/** The account's time zone, or undefined for the device's. */
export function useZone(): string | undefined {
  return useAccount().data?.time_zone
}
