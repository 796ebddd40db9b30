import { Page } from '../components/page.js';

export function NotFoundView() {
  return (
    <Page title="No such page">
      <p>
        There is nothing here. <a href="/">Go to the overview</a>.
      </p>
    </Page>
  );
}
