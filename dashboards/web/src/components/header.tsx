import { useLiveState } from '../live.js';
import { THEMES, useTheme } from '../theme.js';

const LINKS = [
  { href: '/', label: 'Overview', owns: (path: string) => path === '/' || /^\/(targets|rollouts)\//.test(path) },
  { href: '/incidents', label: 'Incidents', owns: (path: string) => path.startsWith('/incidents') },
  { href: '/catalog', label: 'Catalogue', owns: (path: string) => path.startsWith('/catalog') },
  { href: '/generations', label: 'Generations', owns: (path: string) => /^\/(generations|traces)/.test(path) },
];

export function Header({ path }: { path: string }) {
  return (
    <header class="top">
      <div class="top-inner">
        <a class="brand" href="/">
          <Mark />
          Leeway
        </a>
        <nav aria-label="Main">
          {LINKS.map(({ href, label, owns }) => (
            <a key={href} href={href} aria-current={owns(path) ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <div class="top-tools">
          <LiveMark />
          <ThemeSwitch />
        </div>
      </div>
    </header>
  );
}

/** The heading, and where the ship really goes. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <path class="mark-heading" d="M9 21V3" />
      <path class="mark-track" d="M9 21c0-6.5 2-11 7-16" />
      <circle class="mark-ship" cx="9" cy="21" r="2" />
    </svg>
  );
}

const LIVE_TEXT = { live: 'live', connecting: 'connecting', offline: 'offline' } as const;

function LiveMark() {
  const state = useLiveState();
  return (
    <span class={`live live-${state}`} role="status" title="Whether changes show up by themselves">
      <span class="live-dot" aria-hidden="true" />
      {LIVE_TEXT[state]}
    </span>
  );
}

const THEME_MARK = { system: '◐', light: '○', dark: '●' } as const;

function ThemeSwitch() {
  const [theme, setTheme] = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  return (
    <button
      type="button"
      class="button icon"
      title={`Colours: ${theme}. Switch to ${next}`}
      aria-label={`Colours: ${theme}. Switch to ${next}`}
      onClick={() => setTheme(next)}
    >
      <span aria-hidden="true">{THEME_MARK[theme]}</span>
    </button>
  );
}
