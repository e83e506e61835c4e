"""Where the body is: model files, the pose process, the chosen person, which pictures are looked at."""
