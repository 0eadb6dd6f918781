/** What happens to board alerts. */
export interface AlertEvents {
  /** An article matched what an account watches; `alertId` is of `GET /api/v1/alerts`. */
  'alerts.alert.raised': { accountId: number; alertId: number }
  /** A subscription came, went or changed: what the crawler watches may have too. */
  'alerts.subscription.changed': { boardId: number }
}
