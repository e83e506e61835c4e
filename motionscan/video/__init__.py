"""Frames in and out of video files."""
