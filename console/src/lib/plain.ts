// Words of strangers without what turns the direction of writing: "exe.jpg" may be a jpg.exe.
export const plain = (text: string): string => text.replace(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '');
