/** What a person has to know when an identity was made. */
export function identityNotice(file: string): readonly string[] {
  return [
    `made the age identity ${file}`,
    '  It opens the API keys that are sealed in git. Copy it to a safe place: without it every key has to be entered anew.',
  ];
}
