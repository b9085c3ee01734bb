export interface Note {
  id: number;
  text: string;
}

export class Notes {
  private readonly notes: Note[] = [];

  add(text: string): Note {
    const note = { id: this.notes.length + 1, text };
    this.notes.push(note);
    console.log("[notes:add]", { id: note.id });
    return note;
  }

  find(id: number): Note | undefined {
    const note = this.notes.find((one) => one.id === id);
    console.log("[notes:find]", { id, found: note !== undefined });
    return note;
  }
}

export function title(note: Note): string {
  const words = note.text.split(/\s+/);
  console.log("[notes:title]", note.id);
  return words.slice(0, 3).join(" ");
}
