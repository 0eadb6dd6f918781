/** How long work is getting on, as its owner's pages and other processes learn it. */
export interface JobEvents {
  'jobs.job.changed': {
    jobId: number
    kind: string
    accountId: number | null
    state: 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled'
    progress: number
  }
}
