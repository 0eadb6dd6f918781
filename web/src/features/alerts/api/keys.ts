/** The cache's keys of board alerts. */
export const keys = {
  alerts: ['alerts', 'history'],
  subscriptions: ['alerts', 'subscriptions'],
  limits: ['alerts', 'limits'],
  boards: ['alerts', 'boards'],
  bindings: ['alerts', 'bindings'],
  broadcasts: ['alerts', 'broadcasts'],
  lanes: ['alerts', 'lanes'],
  deliveries: ['alerts', 'deliveries'],
  crawler: ['alerts', 'crawler'],
} as const
