import { Fault } from '#kernel/fault.ts'

/** What goes wrong with meetings; the codes are what surfaces word. */
export const faults = {
  /** Not there, or not the caller's to know of. */
  missing: () => new Fault('missing', 'meetings.missing', 'There is no such meeting'),
  ended: () => new Fault('conflict', 'meetings.ended', 'The meeting is over'),
  full: () => new Fault('conflict', 'meetings.full', 'The meeting is full'),
  wrongPassword: () => new Fault('forbidden', 'meetings.wrong-password', 'The meeting password is wrong'),
  tooManyGuesses: (retryAfterSeconds: number) =>
    new Fault('busy', 'meetings.too-many-guesses', 'Too many wrong passwords; try again later', {
      data: { retryAfterSeconds },
    }),
  forbidden: (why: string) => new Fault('forbidden', 'meetings.forbidden', why),
  locked: () => new Fault('forbidden', 'meetings.locked', 'The meeting is locked'),
  removed: () => new Fault('forbidden', 'meetings.removed', 'A moderator took you out of this meeting'),
  denied: (retryAfterSeconds: number) =>
    new Fault('forbidden', 'meetings.denied', 'A moderator did not let you in', { data: { retryAfterSeconds } }),
  accountMissing: () => new Fault('missing', 'meetings.account-missing', 'There is no such account'),
  memberMissing: () => new Fault('missing', 'meetings.member-missing', 'This person does not belong to the meeting'),
  peerMissing: () => new Fault('missing', 'meetings.peer-missing', 'There is no such peer'),
  sessionMissing: () => new Fault('missing', 'meetings.session-missing', 'There is no such session'),
  chatOff: () => new Fault('forbidden', 'meetings.chat-off', 'Chat is turned off in this meeting'),
  recordingOff: () => new Fault('forbidden', 'meetings.recording-off', 'Recording is turned off in this meeting'),
  screenOff: () => new Fault('forbidden', 'meetings.screen-off', 'Screen sharing is turned off in this meeting'),
  videoOff: () => new Fault('forbidden', 'meetings.video-off', 'This is a meeting without pictures'),
  recordingUnavailable: () =>
    new Fault('unavailable', 'meetings.recording-unavailable', 'This installation cannot record meetings yet'),
  timesCrossed: () => new Fault('invalid', 'meetings.times-crossed', 'end_time must be after start_time'),
  statusFixed: () =>
    new Fault('invalid', 'meetings.status-fixed', 'A status is given by calling off, starting and ending'),
  elsewhere: () => new Fault('unavailable', 'meetings.elsewhere', 'The room lives on another machine'),
}
