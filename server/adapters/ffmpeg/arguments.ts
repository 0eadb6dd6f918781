/**
 * Demuxers that read one file and nothing beside it: no playlists (hls, concat, dash), no devices, no image sequences,
 * no scripts. `mov` keeps to its file because external references are off unless asked for.
 */
const DEMUXERS = 'mov,matroska,avi,mpeg,mpegts,mpegvideo,flv,ogg,mp3,wav,w64,au,aac,flac,amr,aiff,caf,ac3,asf'

/** One input of ffmpeg or ffprobe, from a file and from nowhere else. */
export function inputArguments(path: string): string[] {
  return ['-protocol_whitelist', 'file', '-format_whitelist', DEMUXERS, '-i', `file:${path}`]
}

const MOST_WORDS = 300

/** What ffmpeg said last, without our paths in it: the reason a person can act on. */
export function lastWords(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) =>
      line
        .replaceAll(/file:\S+|\/\S*\/\S+/g, 'the file')
        .replace(/^\[[^\]]*\]\s*/, '')
        .trim(),
    )
    .filter((line) => line !== '' && !/^(Conversion failed|frame=|size=)/.test(line))
  return lines.slice(-2).join('; ').slice(-MOST_WORDS) || 'it gave no reason'
}
