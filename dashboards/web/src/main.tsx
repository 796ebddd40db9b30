import { render } from 'preact';
import { App } from './app.js';
import { startLive } from './live.js';
import { followLinks } from './router.js';
import { applyTheme } from './theme.js';

applyTheme();
followLinks();
startLive();
const root = document.getElementById('app');
if (root) render(<App />, root);
