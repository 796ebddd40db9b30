import type { Catalogue, CatalogueVersion, TargetSummary, ToolSummary } from '../api/index.js';
import { CatalogueTimeline } from '../components/catalog-history.js';
import { CatalogueVersionDetail } from '../components/catalog-version.js';
import { CatalogueVersionTable } from '../components/catalog-versions.js';
import { EmptyState } from '../components/empty-state.js';
import { Loaded, Page, Section } from '../components/page.js';
import { ToolContract, ToolList } from '../components/tool-contracts.js';
import { plural, targetName, words } from '../format.js';
import { listPath } from '../request.js';
import { useResource } from '../resource.js';

/** The targets that have a catalogue. */
export function CatalogsView() {
  const targets = useResource<{ targets: TargetSummary[] }>('/targets', ['vectors']);
  return (
    <Page title="Catalogue">
      <Loaded resource={targets} what="targets">
        {({ targets: all }) =>
          all.length === 0 ? (
            <EmptyState />
          ) : (
            <ul class="rows">
              {all.map((target) => (
                <li key={target.targetId} class="row">
                  <a class="row-title" href={`/catalog/${encodeURIComponent(target.targetId)}`}>
                    {targetName(target)}
                  </a>
                  <span class="row-meta">{plural(target.generations, 'call')} in the last hour</span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  );
}

/** Every version of every surface of one target; `surface` and `version`, or `tool`, of the query is shown in full. */
export function CatalogView({ id, query }: { id: string; query: URLSearchParams }) {
  const resource = useResource<Catalogue>(listPath('/catalog', { target: id }), ['vectors']);
  const target = resource.data?.target;
  return (
    <Page
      title={target ? `Catalogue of ${targetName(target)}` : 'Catalogue'}
      kicker={
        <>
          <a href="/catalog">All targets</a> · <a href={`/targets/${encodeURIComponent(id)}`}>live versions</a>
        </>
      }
    >
      <Loaded resource={resource} what="catalogue">
        {(catalogue) => <CatalogRooms catalogue={catalogue} query={query} />}
      </Loaded>
    </Page>
  );
}

function CatalogRooms({ catalogue, query }: { catalogue: Catalogue; query: URLSearchParams }) {
  const { targetId } = catalogue.target;
  const place = (parameters: Record<string, string>) =>
    listPath(`/catalog/${encodeURIComponent(targetId)}`, parameters);
  const window = `${plural(catalogue.generations, 'call')} in the last hour`;
  return (
    <>
      {catalogue.surfaces
        .filter(({ versions }) => versions.length > 0)
        .map((surface) => {
          const isOpen = query.get('surface') === surface.surface;
          const selected = isOpen
            ? surface.versions.find(({ version }) => version === query.get('version'))
            : undefined;
          return (
            <Section key={surface.surface} title={title(surface.surface)} note={window}>
              <CatalogueVersionTable
                surface={surface}
                selected={selected?.version ?? ''}
                href={(version) => place({ surface: surface.surface, version })}
              />
              {selected !== undefined && (
                <CatalogueVersionDetail
                  target={targetId}
                  surface={surface.surface}
                  version={selected}
                  previous={previousOf(surface.versions, selected)}
                />
              )}
            </Section>
          );
        })}
      <Tools catalogue={catalogue} selected={query.get('tool') ?? ''} href={(tool) => place({ tool })} />
      <Section title="History">
        {catalogue.history.length === 0 ? (
          <p class="muted">Nothing yet.</p>
        ) : (
          <CatalogueTimeline history={catalogue.history} />
        )}
      </Section>
    </>
  );
}

interface ToolsProps {
  catalogue: Catalogue;
  selected: string;
  href: (tool: string) => string;
}

function Tools({ catalogue, selected, href }: ToolsProps) {
  const { service, targetId } = catalogue.target;
  const resource = useResource<{ tools: ToolSummary[] }>(listPath('/tools', { service }), ['vectors']);
  return (
    <Section title="Tools as contracts" note={`of ${service}`}>
      <Loaded resource={resource} what="tools">
        {({ tools }) =>
          tools.length === 0 ? (
            <p class="muted">No trace of this service carried tool definitions, and nobody declared one.</p>
          ) : (
            <ToolList tools={tools} selected={selected} href={href} />
          )
        }
      </Loaded>
      {selected !== '' && <ToolContract target={targetId} service={service} name={selected} />}
    </Section>
  );
}

function title(surface: string): string {
  return words(surface).replace(/^./, (first) => first.toUpperCase());
}

/** The version that came before: seen first the latest of those that were seen first earlier. */
function previousOf(versions: readonly CatalogueVersion[], own: CatalogueVersion): CatalogueVersion | null {
  const earlier = versions.filter((one) => one !== own && Date.parse(one.firstSeen) < Date.parse(own.firstSeen));
  earlier.sort((a, b) => Date.parse(b.firstSeen) - Date.parse(a.firstSeen));
  return earlier[0] ?? null;
}
