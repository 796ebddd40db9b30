import type { ServiceStatus } from './api/index.js';
import { Header } from './components/header.js';
import { Trouble } from './components/trouble.js';
import { useResource } from './resource.js';
import { usePlace } from './router.js';
import { CatalogsView, CatalogView } from './views/catalog.js';
import { GenerationsView } from './views/generations.js';
import { IncidentView } from './views/incident.js';
import { IncidentsView } from './views/incidents.js';
import { NotFoundView } from './views/not-found.js';
import { OverviewView } from './views/overview.js';
import { RolloutView } from './views/rollout.js';
import { TargetView } from './views/target.js';
import { TraceView } from './views/trace.js';

const STATUS_POLL_MS = 10_000;

export function App() {
  const { path, query } = usePlace();
  const status = useResource<ServiceStatus>('/status', ['actions'], STATUS_POLL_MS);
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Header path={path} />
      <main id="content" tabIndex={-1}>
        <Trouble status={status.data} error={status.error} />
        <View path={path} query={query} />
      </main>
      <footer class="foot">
        <span>Leeway {status.data?.version ?? ''}</span>
        <a href="/api/docs">API</a>
        <a href="/metrics">Metrics</a>
      </footer>
    </>
  );
}

function View({ path, query }: { path: string; query: URLSearchParams }) {
  const [, room = '', id = '', more] = path.split('/').map(decode);
  if (more !== undefined) return <NotFoundView />;
  if (room === '') return <OverviewView />;
  if (room === 'targets' && id !== '') return <TargetView key={id} id={id} />;
  if (room === 'rollouts' && id !== '') return <RolloutView key={id} id={id} />;
  if (room === 'incidents') return id === '' ? <IncidentsView /> : <IncidentView key={id} id={id} />;
  if (room === 'traces' && id !== '') return <TraceView key={id} id={id} focus={query.get('span') ?? ''} />;
  if (room === 'catalog') return id === '' ? <CatalogsView /> : <CatalogView key={id} id={id} query={query} />;
  if (room === 'generations' && id === '') return <GenerationsView query={query} />;
  return <NotFoundView />;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
