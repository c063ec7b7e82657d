"""Pages by declaration: one `ModelPages` gives a model its list, detail, forms, bulk actions, export, history and search."""
