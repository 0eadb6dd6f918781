/** Between the NTP epoch of 1900 and the Unix epoch, in seconds. */
export const NTP_UNIX_SECONDS = 2_208_988_800
