print("anyllm-tui")
