const PATHS = {
  logo: "M14.2 8A6.2 6.2 0 111.8 8a6.2 6.2 0 0112.4 0zM10.2 8a2.2 2.2 0 11-4.4 0 2.2 2.2 0 014.4 0z",
  bell: "M8 1.9a4 4 0 00-4 4v2.5l-1.3 2.7h10.6L12 8.4V5.9a4 4 0 00-4-4zM6.4 13.4a1.7 1.7 0 003.2 0",
  board: "M2.5 3h11M2.5 8h11M2.5 13h7",
  moon: "M13.5 9.6A5.8 5.8 0 116.4 2.5a4.6 4.6 0 007.1 7.1z",
  sun: "M8 5a3 3 0 100 6 3 3 0 000-6zM8 1v1.4M8 13.6V15M1 8h1.4M13.6 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1",
  flag: "M3.5 14V2.500M3.5 3c3-1.500 5 1.500 9 0v6c-4 1.500-6-1.500-9 0",
  keys: "M1.8 4h12.4v8H1.8zM4.4 6.7h.01M7 6.7h.01M9.4 6.7h.01M11.7 6.7h.01M5 9.4h6",
  left: "M10 3L5 8l5 5",
  right: "M6 3l5 5-5 5",
  down: "M3 6l5 5 5-5",
  out: "M6 3H3v10h10v-3M9 2.5h4.5V7M13.5 2.5L7.5 8.5",
  calendar: "M2.500 3.500h11v10h-11zM2.500 6.500h11M5.500 2v2.500M10.500 2v2.500",
  refresh: "M13 3v3.400h-3.400M12.800 6.400a5.400 5.400 0 10.500 3.200",
  check: "M3.2 8.6l3.1 3.1 6.5-7.2",
  plus: "M8 3v10M3 8h10",
  more: "M3.5 8h.01M8 8h.01M12.500 8h.01",
  grip: "M6 4h.01M6 8h.01M6 12h.01M10 4h.01M10 8h.01M10 12h.01",
  table: "M2 3h12v10H2zM2 6.4h12M2 9.700h12M6.5 3v10",
  chart: "M2.5 2.500v11h11M5.5 10.500l2.7-3.4 2 1.6 3.3-4.2",
  rewind: "M3.200 3v3.600h3.600M3.400 6.400a5.600 5.600 0 11-.9 3M8 5.200v3.100l2.200 1.300",
  play: "M5 3.200l8 4.800-8 4.800z",
  pause: "M5.500 3.500v9M10.500 3.500v9",
  list: "M6.5 4h7M6.5 8h7M6.5 12h7M2.5 4h.01M2.5 8h.01M2.5 12h.01",
  person: "M8 8.2a2.7 2.7 0 100-5.4 2.7 2.7 0 000 5.4zM2.8 13.6c.6-2.4 2.7-3.6 5.2-3.6s4.6 1.2 5.2 3.6",
  close: "M4 4l8 8m0-8l-8 8",
  search: "M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zM10.3 10.3l3.2 3.2",
  filter: "M2.5 4h11M4.8 8h6.4M6.8 12h2.4",
  wall: "M1.8 3h12.4v8H1.8zM5.5 13.5h5M8 11v2.5",
  command: "M2.8 4l3.4 4-3.4 4M8.2 12.2h5",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  badge: "M1.8 5h12.4v6H1.8zM7 5v6M9 8h3",
  linked: "M6.5 9.5l3-3M7.2 4.4l1-1a3.1 3.1 0 014.4 4.4l-1 1M8.8 11.6l-1 1a3.1 3.1 0 01-4.4-4.4l1-1",
  unlinked: "M8.4 3.6l.6-.6a3 3 0 014.2 4.2l-.6.6M7.6 12.4l-.6.6a3 3 0 01-4.2-4.2l.6-.6M5.4 5.4l5.2 5.2",
  broken: "M3 3l10 10M5.2 7.4a5 5 0 00-1.6 1M2 5.6a9 9 0 012-1.3M8 12.6h.01M7 4a9 9 0 017 1.6M10.4 7.6a5 5 0 012 1",
} as const;

export type IconName = keyof typeof PATHS;

interface IconProps {
  name: IconName;
  size?: number;
  className?: string;
}

export function Icon({ name, size = 16, className = "" }: IconProps) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      aria-hidden="true"
      className={`shrink-0 fill-none stroke-current stroke-[1.6] ${className}`}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
