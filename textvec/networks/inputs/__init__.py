"""How the networks read their input: texts, sentences and their neighbours, pretrained words."""
