import { useQuery } from '@tanstack/react-query'
import { listRecordings, startRecording, stopRecording } from '#contracts/recording.ts'
import type { BodyOf, ResultOf } from '#contracts/route.ts'
import { listStreams, startStream, stopStream, streamStatus } from '#contracts/streaming.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'

/** A live stream. */
export type Stream = ResultOf<typeof listStreams>['streams'][number]

/** Recordings in the cache; the library has its lists under it too. */
const recordingsKey = ['recordings'] as const
const streamsKey = (meetingId: number) => ['streams', meetingId] as const

const LOOK_MS = 5_000
const MEASURE_MS = 3_000
const SHOWN = 50

/** Whether a stream still runs. */
export function isRunning({ status }: Pick<Stream, 'status'>): boolean {
  return status !== 'ended' && status !== 'failed'
}

/** The recordings of one meeting, the newest first. */
export function useMeetingRecordings(meetingId: number) {
  return useQuery({
    queryKey: [...recordingsKey, 'of', meetingId],
    queryFn: ({ signal }) =>
      callApi(listRecordings, { query: { meeting_id: meetingId, page_size: SHOWN } }, { signal }),
    select: (data) => data.recordings,
    refetchInterval: ({ state }) =>
      state.data?.recordings.some(({ status }) => status === 'recording' || status === 'processing') ? LOOK_MS : false,
  })
}

/** Begins to record. */
export function useStartRecording(meetingId: number, onDone: () => void) {
  return useAct({
    act: (wishes: Omit<BodyOf<typeof startRecording>, 'meeting_id'>) =>
      callApi(startRecording, { body: { meeting_id: meetingId, ...wishes } }),
    invalidates: [recordingsKey],
    quiet: true,
    onDone,
  })
}

/** Ends the recording; its film is made from then on. */
export function useStopRecording(meetingId: number) {
  return useAct({
    act: () => callApi(stopRecording, { body: { meeting_id: meetingId } }),
    invalidates: [recordingsKey],
  })
}

/** The streams of one meeting, the newest first. */
export function useStreams(meetingId: number) {
  return useQuery({
    queryKey: streamsKey(meetingId),
    queryFn: ({ signal }) => callApi(listStreams, { query: { meeting_id: meetingId } }, { signal }),
    select: (data) => data.streams,
    staleTime: 0,
    refetchInterval: LOOK_MS,
  })
}

/** How a stream does, measured again every few seconds. */
export function useStreamStatus(id: string) {
  return useQuery({
    queryKey: ['streams', 'status', id],
    queryFn: ({ signal }) => callApi(streamStatus, { params: { id } }, { signal }),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && !isRunning(state.data) ? false : MEASURE_MS),
  })
}

/** Begins to stream. */
export function useStartStream(meetingId: number, onDone: () => void) {
  return useAct({
    act: (wishes: Omit<BodyOf<typeof startStream>, 'meeting_id'>) =>
      callApi(startStream, { body: { meeting_id: meetingId, ...wishes } }),
    invalidates: [streamsKey(meetingId)],
    quiet: true,
    onDone,
  })
}

/** Ends one stream. */
export function useStopStream() {
  return useAct({
    act: (id: string) => callApi(stopStream, { body: { stream_id: id } }),
    invalidates: [['streams']],
  })
}
