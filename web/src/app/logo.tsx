/** The mark. */
export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#3557d4" />
      <path d="M20.6 12.2a6 6 0 1 0 0 7.6" fill="none" stroke="#fff" strokeWidth="3.4" strokeLinecap="round" />
      <circle cx="22.6" cy="16" r="2.1" fill="#fff" />
    </svg>
  )
}
