print("anyllmctl")
