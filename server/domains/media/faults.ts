import { Fault } from '#kernel/fault.ts'

/** What goes wrong with media; the codes are what surfaces word. */
export const faults = {
  /** Not there, or not the caller's to know of. */
  missing: () => new Fault('missing', 'media.missing', 'There is no such file'),
  forbidden: () => new Fault('forbidden', 'media.forbidden', 'This file belongs to somebody else'),
  meetingMissing: () => new Fault('missing', 'meetings.missing', 'There is no such meeting'),
  noUpload: () => new Fault('invalid', 'media.upload-missing', 'A multipart form with a file in "file" is asked for'),
  empty: () => new Fault('invalid', 'media.empty', 'The file is empty'),
  unsupported: (what: string) =>
    new Fault('invalid', 'media.unsupported', `This kind of file is not taken: ${what}`, { data: { what } }),
  tooLarge: (kind: string, most: number) =>
    new Fault('too-large', 'media.too-large', `A file of this kind (${kind}) may have ${most} bytes at most`, {
      data: { kind, most },
    }),
  overQuota: (quota: number) =>
    new Fault('too-large', 'media.over-quota', `An account may keep ${quota} bytes at most`, { data: { quota } }),
  linkInvalid: () => new Fault('forbidden', 'media.link-invalid', 'This link is not valid or no longer valid'),
}
