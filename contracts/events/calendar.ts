/** What happens in calendars. */
export interface CalendarEvents {
  /** Schedules of an account came, changed or went. */
  'calendar.schedules.changed': { accountId: number }
}
