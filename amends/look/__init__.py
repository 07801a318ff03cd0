"""How it looks: base pages, tokens, parts, sentences. Shared by the doors; decides nothing."""
