# placeholder until the pictures are drawn
