import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import type { JobEvents } from '#contracts/events/jobs.ts'
import { listJobs } from '#contracts/ffmpeg.ts'
import type { ResultOf } from '#contracts/route.ts'
import { callApi } from '@/lib/api.ts'
import { useLiveEvent } from '@/lib/live.ts'
import { libraryKey } from './queries.ts'

type JobPage = ResultOf<typeof listJobs>
/** A conversion. */
export type MediaJob = JobPage['jobs'][number]

const JOBS = 50
/** In case an event was lost. */
const LOOK_MS = 15_000

/** Conversions in the cache. */
export const jobsKey = [...libraryKey, 'jobs'] as const

/** Whether it waits or runs. */
export function isUnderWay(job: MediaJob): boolean {
  return job.status === 'queued' || job.status === 'processing'
}

/** The latest conversions, live. */
export function useJobs() {
  const client = useQueryClient()
  useLiveEvent('jobs.job.changed', (data) => follow(client, data as JobEvents['jobs.job.changed'] | undefined))
  return useQuery({
    queryKey: jobsKey,
    queryFn: ({ signal }) => callApi(listJobs, { query: { limit: JOBS } }, { signal }),
    select: (data) => data.jobs,
    refetchInterval: ({ state }) => (state.data?.jobs.some(isUnderWay) ? LOOK_MS : false),
  })
}

function follow(client: QueryClient, change: JobEvents['jobs.job.changed'] | undefined): void {
  if (change !== undefined && change.kind !== 'media.convert') return
  const known = client.getQueryData<JobPage>(jobsKey)?.jobs.some((job) => job.job_id === String(change?.jobId))
  const isOver = change !== undefined && change.state !== 'queued' && change.state !== 'processing'
  if (change === undefined || !known || isOver) {
    void client.invalidateQueries({ queryKey: jobsKey })
    // What it made is in the list now, and counts.
    if (change?.state === 'completed') void client.invalidateQueries({ queryKey: libraryKey })
    return
  }
  client.setQueryData<JobPage>(jobsKey, (page) =>
    page === undefined
      ? page
      : {
          jobs: page.jobs.map((job) =>
            job.job_id === String(change.jobId)
              ? { ...job, status: change.state, progress: Math.max(job.progress, change.progress) }
              : job,
          ),
        },
  )
}
