export const palette = {
  title: 'Palette',
  search: 'Search steps, operations',
  next: 'What happens next?',
  list: 'Steps and operations',
  empty: 'Nothing is called like that',
  groups: { service: 'Services', control: 'Control', time: 'Time', people: 'People', data: 'Data' },
  catalogue: 'Operations',
  noServices: 'No service is registered yet',
  failed: 'The services could not be loaded',
  collapse: 'Fold the palette',
  expand: 'Open the palette',
  how: 'Drag onto the canvas, or press Enter',
};
