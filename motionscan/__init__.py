"""motionscan describes how legs and feet move in a video: rhythmic jerking, isolated twitches, or neither."""
