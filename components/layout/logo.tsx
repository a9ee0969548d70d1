/** The mark and the name. */
export function Logo() {
  return (
    <span className="flex items-center gap-2 text-md font-[650]">
      <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true" className="text-brand">
        <path
          d="M1 14h16M4 14l3-7 2.4 5L12 4l3 10"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.8"
          strokeLinejoin="round"
        />
      </svg>
      Treeline
    </span>
  );
}
