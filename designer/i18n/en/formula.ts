export const formula = {
  unknownPath: 'Nothing in reach here is called {{path}}',
  unwritable: 'No formula can say this rule ({{reason}}); change it in the JSON view.',
};
