import { useEffect, useState } from 'preact/hooks';

/** Where the page is. Links are ordinary `<a href>`; a click on one that the page owns does not reload it. */
export interface Place {
  path: string;
  query: URLSearchParams;
}

const OWNED = /^\/(?:$|targets\/|rollouts\/|incidents(?:\/|$)|traces\/|catalog(?:\/|$)|generations$)/;
const listeners = new Set<() => void>();

function here(): Place {
  return { path: window.location.pathname, query: new URLSearchParams(window.location.search) };
}

export function navigate(href: string, options: { replace?: boolean } = {}): void {
  if (options.replace) window.history.replaceState(null, '', href);
  else window.history.pushState(null, '', href);
  for (const listener of listeners) listener();
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const update = () => setPlace(here());
    listeners.add(update);
    window.addEventListener('popstate', update);
    return () => {
      listeners.delete(update);
      window.removeEventListener('popstate', update);
    };
  }, []);
  return place;
}

/** Follows plain clicks on links to the page's own views; anything else is left to the browser. */
export function followLinks(): void {
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link?.target !== '' || link.origin !== window.location.origin) return;
    if (!OWNED.test(link.pathname) || link.hash !== '') return;
    event.preventDefault();
    if (link.href === window.location.href) return;
    navigate(link.pathname + link.search);
    window.scrollTo(0, 0);
  });
}

/** Title of the tab and, after a navigation, focus on the view's heading, so that a screen reader says where one is. */
export function useViewTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Leeway' : `${title} · Leeway`;
  }, [title]);
}
