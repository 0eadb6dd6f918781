import { area, integer, optionalText } from '#kernel/settings.ts'

/** The library and its jobs. */
export const media = area('Media', {
  ffmpeg: optionalText({
    env: 'CONFAB_FFMPEG',
    shownDefault: "the system's, else the npm package's",
    about: 'Path of ffmpeg.',
  }),
  ffprobe: optionalText({
    env: 'CONFAB_FFPROBE',
    shownDefault: "the system's, else the npm package's",
    about: 'Path of ffprobe.',
  }),
  jobs: integer({ env: 'CONFAB_MEDIA_JOBS', default: 1, min: 1, max: 64, about: 'Conversions at once.' }),
  jobMinutes: integer({
    env: 'CONFAB_MEDIA_JOB_MINUTES',
    default: 120,
    min: 1,
    about: 'After how many minutes a conversion is given up.',
  }),
  jobMemoryMiB: integer({
    env: 'CONFAB_MEDIA_JOB_MEMORY',
    default: 8192,
    about: 'Address space of one conversion in MiB; 0 for no bound.',
  }),
  videoMiB: integer({ env: 'CONFAB_MEDIA_VIDEO_MAX', default: 4096, min: 1, about: 'Largest video in MiB.' }),
  audioMiB: integer({ env: 'CONFAB_MEDIA_AUDIO_MAX', default: 1024, min: 1, about: 'Largest sound file in MiB.' }),
  imageMiB: integer({ env: 'CONFAB_MEDIA_IMAGE_MAX', default: 50, min: 1, about: 'Largest picture in MiB.' }),
  documentMiB: integer({ env: 'CONFAB_MEDIA_DOCUMENT_MAX', default: 200, min: 1, about: 'Largest document in MiB.' }),
  quotaMiB: integer({
    env: 'CONFAB_MEDIA_QUOTA',
    default: 20_480,
    min: 1,
    about: 'What one account may keep, recordings included, in MiB.',
  }),
  streams: integer({
    env: 'CONFAB_MEDIA_STREAMS',
    default: 4,
    min: 0,
    max: 1000,
    about: 'Live streams at once; each takes about a core at 720p.',
  }),
  emptyMinutes: integer({
    env: 'CONFAB_MEDIA_EMPTY_MINUTES',
    default: 10,
    min: 1,
    about: 'A recording or stream of a room that everybody left ends after so many minutes.',
  }),
})
