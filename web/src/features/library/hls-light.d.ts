// The build without subtitles, several sound tracks and DRM, of which a meeting has none; it comes without types of its own.
declare module 'hls.js/light' {
  export { default } from 'hls.js'
}
