export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={2.4}
      strokeLinecap="round"
      aria-hidden
    >
      <path d="M6 3v5.5M6 15.5V21M12 3v18M18 3v5.5M18 15.5V21M2.5 12h6.2M15.3 12h6.2" />
    </svg>
  );
}
