/** The text of a form's file, or, where none was chosen, of its text area of the same name. */
export async function uploadedText(form: FormData, name: string): Promise<string> {
  for (const value of form.getAll(name)) {
    if (typeof value === 'string') {
      // Browsers send line ends as CRLF.
      if (value.trim() !== '') return value.replaceAll('\r\n', '\n');
    } else if (value.size > 0) return value.text();
  }
  return '';
}
