import { createRoot } from 'react-dom/client';
import { actAs } from './api/client.ts';
import { showLanguage } from './i18n/index.ts';
import { App } from './ui/app.tsx';
import { usePreferences } from './ui/preferences.ts';
import './ui/base.css';

const { language, user } = usePreferences.getState();
actAs(user);
usePreferences.subscribe((now, before) => {
  if (now.user !== before.user) actAs(now.user);
  if (now.language !== before.language) void showLanguage(now.language);
});
await showLanguage(language);
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
