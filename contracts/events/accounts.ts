/** What happens to accounts, as other domains and open sockets learn it. */
export interface AccountEvents {
  /** Tokens stopped counting: of these sessions, or of all of the account's (`sessionIds` null). API keys too where `apiKey`. */
  'accounts.access.revoked': { accountId: number; sessionIds: string[] | null; apiKey: boolean; reason: string }
  /** Name, picture, role, language or zone changed. */
  'accounts.account.changed': { accountId: number }
  'accounts.account.deleted': { accountId: number }
}
