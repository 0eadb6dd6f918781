/** What happens to notifications and to what is sent out. */
export interface NotifyEvents {
  /** Something new in an account's notification list. */
  'notify.notification.created': { accountId: number; notificationId: number }
  /** Notifications were read, here or on another device. */
  'notify.notification.read': { accountId: number }
  /** Rows were added to the outbox of these services. */
  'notify.outbox.filled': { services: string[] }
  /** A binding came, went, was switched or broke. */
  'notify.binding.changed': { accountId: number; service: string }
}
